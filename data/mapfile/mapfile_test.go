package mapfile

import (
	"bytes"
	"errors"
	"testing"

	"citygrid/geo/basemap"
	"citygrid/geo/street"
)

func TestDamageIsFound(t *testing.T) {
	n, err := street.Build(street.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, &Map{Network: n, Base: basemap.New(nil)}); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if _, err := Read(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x10
		_, err := Read(bytes.NewReader(bad), int64(len(bad)))
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotMap) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d changed: got %v", i, err)
		}
	}
}
