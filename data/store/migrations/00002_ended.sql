-- A session that was ended stays ended: a request that was under way when its
-- session was ended writes it back, and must not open it again.
--
-- The audit log is append-only for this program's own mistakes, too. (Who has
-- the file can drop a trigger; for that there is the hash chain.)

-- +goose Up
ALTER TABLE session ADD COLUMN ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1));

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER audit_no_delete;
DROP TRIGGER audit_no_update;
DELETE FROM session WHERE ended;
ALTER TABLE session DROP COLUMN ended;
