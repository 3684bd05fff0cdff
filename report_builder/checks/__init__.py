"""What `check` and `verify` look at: languages, typed-in numbers, integrity of store and site, runs trained again."""
