-- Tags of people, as vehicles and dogs have them.

-- +goose Up
ALTER TABLE person ADD COLUMN tags TEXT NOT NULL DEFAULT ''; -- parted by semicolons

-- +goose Down
ALTER TABLE person DROP COLUMN tags;
