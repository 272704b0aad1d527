"""From pixels to vectors: backbones, inference, the cache of vectors, nearest neighbours."""
