package listen

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest/tracker"
)

func TestFramesAreTheLastOnes(t *testing.T) {
	var f Frames
	start := time.Unix(1_800_000_000, 0)
	raw := slices.Repeat([]byte{7}, 3*MaxFrame)
	for i := range 30 {
		f.Note("a", Frame{At: start.Add(time.Duration(i) * time.Second), Bytes: raw[:i*100], Positions: make([]tracker.Position, i)})
	}
	raw[0] = 9 // what is kept is a copy
	got, sent := f.Of("a")
	if len(got) != MaxFrames || sent != 30 || !got[0].At.Equal(start.Add(29*time.Second)) || !got[MaxFrames-1].At.Equal(start.Add(18*time.Second)) {
		t.Fatalf("%d frames of %d, from %v to %v", len(got), sent, got[0].At, got[len(got)-1].At)
	}
	if g := got[0]; g.Length != 2900 || len(g.Bytes) != MaxFrame || g.Bytes[0] != 7 || g.Count != 29 || len(g.Positions) != MaxFramePositions {
		t.Errorf("a long one is kept as %d of %d bytes, %d of %d positions", len(g.Bytes), g.Length, len(g.Positions), g.Count)
	}
	for i := range 3 * maxFrameDevices {
		f.Note(register.DeviceID(fmt.Sprint(i)), Frame{At: start.Add(time.Hour + time.Duration(i)*time.Second)})
	}
	if len(f.all) != maxFrameDevices {
		t.Errorf("%d devices are kept, want %d", len(f.all), maxFrameDevices)
	}
	if got, _ := f.Of(register.DeviceID(fmt.Sprint(3*maxFrameDevices - 1))); len(got) != 1 {
		t.Error("the last that spoke is not kept")
	}
	(*Frames)(nil).Note("a", Frame{})
}

func TestForgottenStrangers(t *testing.T) {
	q := &Quarantine{}
	for _, id := range []string{"1", "2"} {
		q.note("jt808", id, "", nil, nil, time.Now())
		q.note("gt06", id, "", nil, nil, time.Now())
	}
	if !q.Forget("jt808", "1") || q.Forget("jt808", "1") || len(q.Strangers()) != 3 {
		t.Errorf("left are %+v", q.Strangers())
	}
	(*Quarantine)(nil).Forget("jt808", "1")
}
