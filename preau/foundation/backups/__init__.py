"""What leaves with a backup and comes back from one: the database, the files of people, and what was erased since.

    BACKUP_DIR/
      2026-12-01T013000Z/    one backup: manifest.json (signed, last written), database.age, contents.age, objects.txt, keys.age
      objects/ab/ab12….age   the bytes of files, each once, whatever the backups that name it
      erasures/…txt          the ledgers of what was erased: signed, and without a name

Everything that says something of somebody is sealed by age (docs/decisions/0167-backups-are-sealed-by-age.md).
"""
