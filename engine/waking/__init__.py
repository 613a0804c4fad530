"""Who calls ``advance``: at once in the same thread, or a thread of its own with a clock."""
