"""Inference that keeps its size: bootstraps, long-run variances, bands, multiplicity."""
