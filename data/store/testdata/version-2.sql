-- A data folder of version 2, dumped: what version 1 has, brought up to date.
-- Never change it; it is what upgrades are tested from.
BEGIN TRANSACTION;
CREATE TABLE area (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    parent   INTEGER REFERENCES area (id), -- NULL for the bureau alone
    kind     TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    name     TEXT    NOT NULL CHECK (json_valid(name)),
    boundary BLOB, -- NULL when not drawn yet
    version  INTEGER NOT NULL
) STRICT;
INSERT INTO "area" VALUES(1,NULL,'bureau','','{"en":"City","zh-CN":"市"}',NULL,1);
INSERT INTO "area" VALUES(2,1,'town','110101','{"en":"East","zh-CN":"东城"}',X'0106000020E610000001000000010300000001000000040000006666666666E652C09A99999999D943400000000000E052C09A99999999D943400000000000E052C06666666666E643406666666666E652C09A99999999D94340',1);
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT    NOT NULL,
    origin TEXT    NOT NULL,
    verb   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    detail TEXT    NOT NULL,
    hash   BLOB    NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1772352000000000000,'console','','setup','','',X'210EE92A9A21108E519AD925827011D66EC38BA2B63B60DF96FB47711CE5206D');
INSERT INTO "audit" VALUES(2,1772352060000000000,'li.wei','192.0.2.7','area.add','area/2','',X'FFAD6BC959B92436BCD60A2F2D20691DB254CA4BA70F74B78A62D7FED26E67D1');
INSERT INTO "audit" VALUES(3,1772352060000000000,'li.wei','192.0.2.7','person.add','person/2','',X'DC5E102EFC65D2DC85ED8C7F345BB6C11B68C723E13115B5B61AEBF7DD8CCE04');
INSERT INTO "audit" VALUES(4,1772352060000000000,'li.wei','192.0.2.7','session.refused','','',X'5BBCF88050ECC7A899F4B437DE7A23586E5CEE023BC693B7DE3AF0576960F15D');
CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,4,X'5BBCF88050ECC7A899F4B437DE7A23586E5CEE023BC693B7DE3AF0576960F15D');
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO "goose_db_version" VALUES(1,0,1,'2026-03-01 08:00:00');
INSERT INTO "goose_db_version" VALUES(2,1,1,'2026-03-01 08:00:00');
INSERT INTO "goose_db_version" VALUES(3,2,1,'2026-04-01 08:00:00');
CREATE TABLE person (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    login         TEXT    NOT NULL UNIQUE, -- persons are never removed, so a login is never re-used
    name          TEXT    NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password_hash TEXT    NOT NULL,
    must_change   INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    failures      INTEGER NOT NULL,
    locked_until  INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL
) STRICT;
INSERT INTO "person" VALUES(1,'root1','Root',0,'$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$aGFzaA',0,0,0,1772352000000000000,1);
INSERT INTO "person" VALUES(2,'li.wei','李伟',0,'$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$aGFzaA',0,1,0,1772352060000000000,1);
CREATE TABLE person_grant (
    person INTEGER NOT NULL REFERENCES person (id),
    place  INTEGER NOT NULL, -- order in which they were given
    role   TEXT    NOT NULL,
    area   INTEGER NOT NULL REFERENCES area (id),
    PRIMARY KEY (person, role, area)
) STRICT, WITHOUT ROWID;
INSERT INTO "person_grant" VALUES(1,0,'admin',1);
INSERT INTO "person_grant" VALUES(2,0,'officer',1);
INSERT INTO "person_grant" VALUES(2,1,'team-leader',2);
CREATE TABLE session (
    hash   BLOB    PRIMARY KEY, -- SHA-256 of the token
    person INTEGER REFERENCES person (id), -- NULL before login
    data   BLOB    NOT NULL,
    expiry INTEGER NOT NULL
, ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))) STRICT, WITHOUT ROWID;
INSERT INTO "session" VALUES(X'DB132905DE4261B7DA77313C0D54104B1E322BE8AD70A9127758D418BA994C70',2,X'257F030102FF800001020108446561646C696E6501FF8200010656616C75657301FF8400000010FF810501010454696D6501FF8200000027FF83040101176D61705B737472696E675D696E74657266616365207B7D01FF8400010C0110000027FF80010F010000000EE2952F2A350CF8CA0000010106706572736F6E05696E7436340402000400',4102444800000000000,0);
CREATE TABLE settings (
    one       INTEGER PRIMARY KEY CHECK (one = 1), -- at most one row; none before setup
    bureau    TEXT    NOT NULL CHECK (json_valid(bureau)),
    time_zone TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    language  TEXT    NOT NULL
) STRICT;
INSERT INTO "settings" VALUES(1,'{"en":"City of Wilmington","zh-CN":"威尔明顿市"}','America/New_York','US','en');
CREATE UNIQUE INDEX area_one_root ON area ((parent IS NULL)) WHERE parent IS NULL;
CREATE UNIQUE INDEX area_code ON area (code) WHERE code <> '';
CREATE INDEX area_parent ON area (parent);
CREATE INDEX person_grant_area ON person_grant (area);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expiry);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('goose_db_version',3);
INSERT INTO "sqlite_sequence" VALUES('area',2);
INSERT INTO "sqlite_sequence" VALUES('person',2);
COMMIT;
