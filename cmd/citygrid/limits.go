package main

import (
	"fmt"
	"strconv"
	"strings"

	"citygrid/data/osm"

	"github.com/paulmach/orb"
)

// importLimits keep an extract from taking the machine, for commands that import.
type importLimits struct {
	ImportMemory   bytesFlag `help:"About how much memory an import may take, such as 4G; two thirds of what is left by default." placeholder:"BYTES"`
	ImportUnpacked bytesFlag `help:"How much an extract may unpack to, such as 100G; 32G by default." placeholder:"BYTES"`
}

func (l importLimits) options(bound *orb.Bound, tell func(string, int64, int64)) osm.Options {
	return osm.Options{Bound: bound, Progress: tell, MaxMemory: int64(l.ImportMemory), MaxUnpacked: int64(l.ImportUnpacked)}
}

// A bytesFlag is a number of bytes: 500000, 512M, 4G. k, M, G and T are powers of
// 1024.
type bytesFlag int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *bytesFlag) UnmarshalText(text []byte) error {
	s := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(string(text)), "B"), "I")
	unit := int64(1)
	if i := strings.IndexAny(s, "KMGT"); i >= 0 && i == len(s)-1 {
		unit = 1 << (10 * (1 + strings.IndexByte("KMGT", s[i])))
		s = s[:i]
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 1 && n*float64(unit) < 1<<60) {
		return fmt.Errorf("%q is not a number of bytes, such as 512M or 4G", text)
	}
	*b = bytesFlag(n * float64(unit))
	return nil
}
