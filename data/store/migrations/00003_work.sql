-- The main job: plans, registers, zones, alerts, tasks and walks.
--
-- Plans and zones keep every version they ever had, so that what was judged or
-- assigned long ago can be understood. Personal data of dog owners is in the
-- table dog and nowhere else.

-- +goose Up
CREATE TABLE team (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL UNIQUE,
    name    TEXT    NOT NULL CHECK (json_valid(name)),
    area    INTEGER NOT NULL REFERENCES area (id),
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX team_area ON team (area);

CREATE TABLE station (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    code     TEXT    NOT NULL,
    name     TEXT    NOT NULL CHECK (json_valid(name)),
    lon      REAL    NOT NULL,
    lat      REAL    NOT NULL,
    team     INTEGER REFERENCES team (id),
    calendar TEXT    CHECK (json_valid(calendar)), -- NULL = always
    version  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX station_code ON station (code) WHERE code <> '';
CREATE INDEX station_team ON station (team);

CREATE TABLE vehicle (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    plate    TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL,
    team     INTEGER REFERENCES team (id),
    capacity INTEGER NOT NULL,
    retired  INTEGER NOT NULL CHECK (retired IN (0, 1)),
    version  INTEGER NOT NULL
) STRICT;
CREATE INDEX vehicle_team ON vehicle (team);

CREATE TABLE dog (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL,
    licence     TEXT    NOT NULL, -- '' = not registered yet
    breed       TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    owner_phone TEXT    NOT NULL,
    lon         REAL    NOT NULL, -- 0, 0 = not told
    lat         REAL    NOT NULL,
    area        INTEGER NOT NULL REFERENCES area (id),
    retired     INTEGER NOT NULL CHECK (retired IN (0, 1)),
    version     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX dog_licence ON dog (licence) WHERE licence <> '';
CREATE INDEX dog_area ON dog (area);

CREATE TABLE device (
    id          TEXT    PRIMARY KEY, -- devices are never removed, so an id is never re-used
    class       TEXT    NOT NULL,
    protocol    TEXT    NOT NULL,
    secret_hash TEXT    NOT NULL,
    datum       TEXT    NOT NULL,
    person      INTEGER REFERENCES person (id),
    vehicle     INTEGER REFERENCES vehicle (id),
    dog         INTEGER REFERENCES dog (id),
    disabled    INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    version     INTEGER NOT NULL,
    CHECK ((person IS NOT NULL) + (vehicle IS NOT NULL) + (dog IS NOT NULL) <= 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_person ON device (person);
CREATE INDEX device_vehicle ON device (vehicle);
CREATE INDEX device_dog ON device (dog);

CREATE TABLE shift (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    person  INTEGER NOT NULL REFERENCES person (id),
    team    INTEGER NOT NULL REFERENCES team (id),
    vehicle INTEGER REFERENCES vehicle (id),
    from_at INTEGER NOT NULL,
    to_at   INTEGER NOT NULL CHECK (from_at < to_at), -- from <= t < to
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX shift_person ON shift (person, from_at);
CREATE INDEX shift_from ON shift (from_at);
CREATE INDEX shift_team ON shift (team);
CREATE INDEX shift_vehicle ON shift (vehicle);

CREATE TABLE plan (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL
) STRICT;
CREATE TABLE plan_version (
    plan        INTEGER NOT NULL REFERENCES plan (id),
    version     INTEGER NOT NULL,
    from_at     INTEGER NOT NULL, -- holds from then on
    recorded_at INTEGER NOT NULL, -- known from then on
    PRIMARY KEY (plan, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE plan_grid (
    plan    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    place   INTEGER NOT NULL, -- order in the plan
    id      INTEGER NOT NULL,
    code    TEXT    NOT NULL,
    name    TEXT    NOT NULL CHECK (json_valid(name)),
    team    INTEGER REFERENCES team (id),
    member  INTEGER REFERENCES person (id),
    tasks   TEXT    NOT NULL CHECK (json_valid(tasks)),
    ground  BLOB    NOT NULL, -- EWKB
    PRIMARY KEY (plan, version, place),
    FOREIGN KEY (plan, version) REFERENCES plan_version (plan, version)
) STRICT;
CREATE INDEX plan_grid_team ON plan_grid (team);
CREATE INDEX plan_grid_member ON plan_grid (member);

CREATE TABLE zone (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL,
    removed INTEGER NOT NULL CHECK (removed IN (0, 1))
) STRICT;
CREATE TABLE zone_version (
    zone        INTEGER NOT NULL REFERENCES zone (id),
    version     INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    name        TEXT    NOT NULL CHECK (json_valid(name)),
    kind        TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    calendar    TEXT    CHECK (json_valid(calendar)), -- NULL = always
    classes     TEXT    NOT NULL CHECK (json_valid(classes)),
    ground      BLOB    NOT NULL, -- EWKB
    PRIMARY KEY (zone, version)
) STRICT;

-- One sequence counts the changes of everything that screens follow live.
CREATE TABLE sequence (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO sequence VALUES (1, 0);

CREATE TABLE alert (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    seq       INTEGER NOT NULL UNIQUE, -- of its last change
    key       TEXT    NOT NULL UNIQUE, -- one breach, one alert
    class     TEXT    NOT NULL,
    subject   INTEGER NOT NULL,
    zone      INTEGER NOT NULL,
    rule      TEXT    NOT NULL,
    start     INTEGER NOT NULL,
    tracker   TEXT    NOT NULL,
    grade     TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    began     INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    lon       REAL    NOT NULL,
    lat       REAL    NOT NULL,
    seen      INTEGER NOT NULL,
    area      INTEGER NOT NULL, -- as it was then: no reference
    grid      INTEGER NOT NULL,
    sent      INTEGER NOT NULL,
    arrived   INTEGER NOT NULL,
    outcome   TEXT    NOT NULL
) STRICT;
CREATE INDEX alert_state ON alert (state, seq);
CREATE INDEX alert_subject ON alert (class, subject, began);
CREATE TABLE alert_step (
    alert INTEGER NOT NULL REFERENCES alert (id),
    place INTEGER NOT NULL, -- from 0
    at    INTEGER NOT NULL,
    who   INTEGER NOT NULL,
    verb  TEXT    NOT NULL,
    whom  INTEGER NOT NULL,
    note  TEXT    NOT NULL,
    PRIMARY KEY (alert, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    seq     INTEGER NOT NULL UNIQUE,
    kind    TEXT    NOT NULL,
    alert   INTEGER REFERENCES alert (id),
    person  INTEGER NOT NULL REFERENCES person (id),
    state   TEXT    NOT NULL,
    lon     REAL    NOT NULL,
    lat     REAL    NOT NULL,
    sent    INTEGER NOT NULL,
    sent_by INTEGER NOT NULL -- 0 = the program
) STRICT;
CREATE INDEX task_person ON task (person, state);
CREATE INDEX task_alert ON task (alert);
CREATE TABLE task_step (
    task  INTEGER NOT NULL REFERENCES task (id),
    place INTEGER NOT NULL, -- from 0
    state TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    note  TEXT    NOT NULL,
    PRIMARY KEY (task, place)
) STRICT, WITHOUT ROWID;
-- What somebody asked for, under the key they gave: asking again changes nothing.
CREATE TABLE task_key (
    who   INTEGER NOT NULL,
    key   TEXT    NOT NULL,
    task  INTEGER NOT NULL REFERENCES task (id),
    asked TEXT    NOT NULL, -- sent, or the state to go to
    PRIMARY KEY (who, key)
) STRICT, WITHOUT ROWID;

-- What is to be walked in a shift. Segments are those of one map.
CREATE TABLE walk (
    shift      INTEGER PRIMARY KEY REFERENCES shift (id),
    seq        INTEGER NOT NULL UNIQUE,
    map        TEXT    NOT NULL,
    person     INTEGER NOT NULL REFERENCES person (id),
    start_at   INTEGER NOT NULL,
    end_at     INTEGER NOT NULL,
    minutes    REAL    NOT NULL,
    served_m   REAL    NOT NULL,
    dead_m     REAL    NOT NULL,
    turn_round INTEGER NOT NULL,
    legs       TEXT    NOT NULL CHECK (json_valid(legs)),
    line       BLOB -- EWKB; NULL when there is nothing to do
) STRICT;
CREATE INDEX walk_start ON walk (start_at);
CREATE INDEX walk_person ON walk (person, start_at);

-- +goose Down
DROP TABLE walk;
DROP TABLE task_key;
DROP TABLE task_step;
DROP TABLE task;
DROP TABLE alert_step;
DROP TABLE alert;
DROP TABLE sequence;
DROP TABLE zone_version;
DROP TABLE zone;
DROP TABLE plan_grid;
DROP TABLE plan_version;
DROP TABLE plan;
DROP TABLE shift;
DROP TABLE device;
DROP TABLE dog;
DROP TABLE vehicle;
DROP TABLE station;
DROP TABLE team;
