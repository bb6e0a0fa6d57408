"""Files: how they come, where they are kept, and how pictures are made anew."""
