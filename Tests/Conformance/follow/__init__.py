"""What each platform sends of a mail's life, written after its documentation, and what has to become of it."""
