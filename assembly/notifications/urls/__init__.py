"""Routes of messages: readers' and organisers'."""
