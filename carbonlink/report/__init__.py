"""Exhibits, the page that carries them, and the manifest that makes them citable."""
