-- How many vehicles a pound takes in 24 hours.

-- +goose Up
ALTER TABLE station ADD COLUMN room INTEGER NOT NULL DEFAULT 0; -- 0 = not said

-- +goose Down
ALTER TABLE station DROP COLUMN room;
