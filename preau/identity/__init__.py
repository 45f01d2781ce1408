"""Floor 1½: accounts, sessions and signing in. Who a person is to the school stands in the directory."""
