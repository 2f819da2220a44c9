"""The econometrics: labelled frames in, results out; nothing of carbon."""
