"""Everything that would otherwise be written twice: API descriptions, reference pages and client types."""
