package simulate

import (
	"context"
	"log/slog"
)

// Config is what a simulation needs.
type Config struct {
	URL   string // of the server, without a slash at its end
	Cast  Cast
	State string // file for what must outlast us
	Seed  uint64
	Log   *slog.Logger
}

// Run moves the cast until ctx ends.
func Run(ctx context.Context, c Config) error {
	<-ctx.Done()
	return nil
}

// senders is how many requests of devices are under way at once.
const senders = 16
