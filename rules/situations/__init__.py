"""What a `when` can be, one file each: how it is kept in a record and how it is recognised."""
