package main

import (
	"errors"
	"os"

	"citygrid/live/fence/replay"
)

type replayCmd struct {
	Zones string `help:"Zones, GeoJSON: a FeatureCollection, or a Feature a line." required:"" type:"path" placeholder:"FILE"`
	Fixes string `help:"Positions: CSV with a header, or JSON lines; seq, tracker, t (Unix seconds), lon, lat." required:"" type:"path" placeholder:"FILE"`
	Mode  string `help:"How to judge: judged as the server does, with rules, grades and corrections; undelayed is plain membership at each position." default:"judged" enum:"judged,undelayed"`
	JSON  bool   `help:"Print a JSON line an event; there is no other form yet." name:"json"`
}

// Run runs recorded positions through zones. What is wrong with either file is
// bad input.
func (c *replayCmd) Run(e *env) (err error) {
	zones, err := os.Open(c.Zones)
	if err != nil {
		return badInput(err)
	}
	defer func() { err = errors.Join(err, zones.Close()) }()
	fixes, err := os.Open(c.Fixes)
	if err != nil {
		return badInput(err)
	}
	defer func() { err = errors.Join(err, fixes.Close()) }()
	err = replay.Replay(zones, fixes, replay.Mode(c.Mode), e.stdout)
	if errors.Is(err, replay.ErrFile) {
		return badInput(err)
	}
	return err
}
