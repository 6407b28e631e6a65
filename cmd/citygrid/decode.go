package main

import (
	"errors"

	"citygrid/live/ingest/decode"
)

type decodeCmd struct {
	Protocol string `arg:"" help:"jt808, gt06, h02, watch, teltonika, topin, osmand, owntracks or ttnhttp."`
	Cases    bool   `help:"Lines are cases {id, group, kind, input}; messages of one group go to one session."`
}

// Run decodes standard input: a line of JSON for each line, also for those that
// say nothing. An unknown protocol is bad input.
func (c *decodeCmd) Run(e *env) error {
	err := decode.Decode(c.Protocol, c.Cases, e.stdin, e.stdout)
	if errors.Is(err, decode.ErrProtocol) {
		return badInput(err)
	}
	return err
}
