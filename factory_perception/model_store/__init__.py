"""A model on disk: manifest, versions, champion. Nothing is loaded here."""
