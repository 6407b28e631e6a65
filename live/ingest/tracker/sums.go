package tracker

// Tables of the two CRCs, made once.
var (
	x25 = table(0x8408)
	ibm = table(0xA001)
)

func table(poly uint16) (t [256]uint16) {
	for i := range t {
		c := uint16(i)
		for range 8 {
			if c&1 == 1 {
				c = c>>1 ^ poly
			} else {
				c >>= 1
			}
		}
		t[i] = c
	}
	return t
}

// CRC16X25 is the CRC that Concox documents call CRC-ITU.
func CRC16X25(b []byte) uint16 {
	c := uint16(0xFFFF)
	for _, v := range b {
		c = c>>8 ^ x25[byte(c)^v]
	}
	return ^c
}

// CRC16IBM is the CRC of Teltonika's codecs, also known as ARC.
func CRC16IBM(b []byte) uint16 {
	var c uint16
	for _, v := range b {
		c = c>>8 ^ ibm[byte(c)^v]
	}
	return c
}

// XOR is all bytes of b, exclusive-ored.
func XOR(b []byte) byte {
	var x byte
	for _, v := range b {
		x ^= v
	}
	return x
}

// Luhn is the digit that ends an IMEI whose other digits are n.
func Luhn(n int64) int {
	sum := 0
	for double := true; n > 0; n /= 10 {
		d := int(n % 10)
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return (10 - sum%10) % 10
}
