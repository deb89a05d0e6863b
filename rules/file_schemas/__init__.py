"""JSON Schema of a workspace's own files, for editors that complete and underline while somebody writes.

Keys are those of the readers (`rules.workspace`), in every language; an unknown one is refused. Names that a workspace
defines itself (events, offers, channels) are suggested and never refused: a schema written yesterday must not underline
what the vocabulary has learnt today. Whether a phrase has a meaning is for `beforehand check` to say.
"""
