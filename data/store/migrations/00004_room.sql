-- What the control room at work keeps.

-- +goose Up
-- What is to be done, as who sent the task wrote it.
ALTER TABLE task ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- 'pound' is where what was towed away is left; '' and 'station' where people work.
ALTER TABLE station ADD COLUMN kind TEXT NOT NULL DEFAULT '';
-- How far the judge had come with a tracker, so that a breach that lasts over a
-- restart stays one. Fixes since then are judged again at the start: the state
-- itself knows from when on.
CREATE TABLE tracker_state (
    tracker TEXT PRIMARY KEY,
    state   BLOB NOT NULL -- of live/fence
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE tracker_state;
ALTER TABLE station DROP COLUMN kind;
ALTER TABLE task DROP COLUMN note;
