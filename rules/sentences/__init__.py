"""A rule told in plain sentences, made from its typed tree, in each language of phrases."""
