"""Films, sounds, pictures and documents that are shown in pages: sent by parts, made anew, played with their words."""
