"""Who somebody is and what that allows: sign-in, identity tokens, roles."""
