"""SIECLE and STSWEB: what one school exports of its own base, put into the names of the AAF."""
