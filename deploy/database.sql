-- The role and the database of Préau, at the first start of the container of PostgreSQL: as `createuser preau` and `createdb` do.
CREATE ROLE preau LOGIN;
CREATE DATABASE preau OWNER preau ENCODING 'UTF8' TEMPLATE template0;
