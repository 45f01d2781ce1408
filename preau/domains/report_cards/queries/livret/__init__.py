"""The livret of a period of a school: gathered from marks, levels, absences, councils and the directory; and where each line is mended."""
