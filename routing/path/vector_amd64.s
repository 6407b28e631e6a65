#include "textflag.h"

// func inheritAVX2(row *int64, blocks int, rows *int64, stride int, depths *uint32, costs *cost, arcs int)
//
// A block is 16 costs, 128 bytes.
TEXT ·inheritAVX2(SB), NOSPLIT, $0-56
	MOVQ row+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ rows+16(FP), SI
	MOVQ stride+24(FP), DX
	MOVQ depths+32(FP), R8
	MOVQ costs+40(FP), R9
	MOVQ arcs+48(FP), R10
	SHLQ $3, DX
	XORL R12, R12              // the depth at which the block begins

block:
	VPCMPEQQ Y0, Y0, Y0        // never
	VMOVDQA  Y0, Y1
	VMOVDQA  Y0, Y2
	VMOVDQA  Y0, Y3
	XORL     R13, R13

arc:
	CMPQ  R13, R10
	JGE   store
	MOVL  (R8)(R13*4), AX
	CMPL  AX, R12              // it and all after it end before the block
	JCS   store
	IMULQ DX, AX
	ADDQ  SI, AX
	VPBROADCASTQ (R9)(R13*8), Y4
	VPADDQ (AX), Y4, Y5
	VPADDQ 32(AX), Y4, Y6
	VPADDQ 64(AX), Y4, Y7
	VPADDQ 96(AX), Y4, Y8
	VPCMPGTQ Y5, Y0, Y9        // where Y0 is more than Y5
	VPCMPGTQ Y6, Y1, Y10
	VPCMPGTQ Y7, Y2, Y11
	VPCMPGTQ Y8, Y3, Y12
	VPBLENDVB Y9, Y5, Y0, Y0
	VPBLENDVB Y10, Y6, Y1, Y1
	VPBLENDVB Y11, Y7, Y2, Y2
	VPBLENDVB Y12, Y8, Y3, Y3
	INCQ  R13
	JMP   arc

store:
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	ADDL $16, R12
	DECQ CX
	JNZ  block
	VZEROUPPER
	RET

// func leastAVX2(front *int64, blocks int, costs *cost, starts *uint32, sums *int64, rows int)
TEXT ·leastAVX2(SB), NOSPLIT, $0-48
	MOVQ front+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ costs+16(FP), SI
	MOVQ starts+24(FP), R8
	MOVQ sums+32(FP), R9
	MOVQ rows+40(FP), R10
	SHLQ $7, CX                // bytes

row:
	MOVL (R8), AX
	LEAQ (SI)(AX*8), AX
	XORL DX, DX
	VPCMPEQQ Y0, Y0, Y0        // never
	VMOVDQA  Y0, Y1
	VMOVDQA  Y0, Y2
	VMOVDQA  Y0, Y3

block:
	VMOVDQU (DI)(DX*1), Y4
	VMOVDQU 32(DI)(DX*1), Y5
	VMOVDQU 64(DI)(DX*1), Y6
	VMOVDQU 96(DI)(DX*1), Y7
	VPADDQ (AX)(DX*1), Y4, Y4
	VPADDQ 32(AX)(DX*1), Y5, Y5
	VPADDQ 64(AX)(DX*1), Y6, Y6
	VPADDQ 96(AX)(DX*1), Y7, Y7
	VPCMPGTQ Y4, Y0, Y9
	VPCMPGTQ Y5, Y1, Y10
	VPCMPGTQ Y6, Y2, Y11
	VPCMPGTQ Y7, Y3, Y12
	VPBLENDVB Y9, Y4, Y0, Y0
	VPBLENDVB Y10, Y5, Y1, Y1
	VPBLENDVB Y11, Y6, Y2, Y2
	VPBLENDVB Y12, Y7, Y3, Y3
	ADDQ $128, DX
	CMPQ DX, CX
	JLT  block

	VPCMPGTQ Y1, Y0, Y9
	VPCMPGTQ Y3, Y2, Y10
	VPBLENDVB Y9, Y1, Y0, Y0
	VPBLENDVB Y10, Y3, Y2, Y2
	VPCMPGTQ Y2, Y0, Y9
	VPBLENDVB Y9, Y2, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPCMPGTQ X1, X0, X9
	VPBLENDVB X9, X1, X0, X0
	VMOVQ X0, AX
	VPEXTRQ $1, X0, BX
	CMPQ AX, BX
	CMOVQGT BX, AX
	MOVQ AX, (R9)
	ADDQ $4, R8
	ADDQ $8, R9
	DECQ R10
	JNZ  row
	VZEROUPPER
	RET

// func inheritAVX512(row *int64, blocks int, rows *int64, stride int, depths *uint32, costs *cost, arcs int)
TEXT ·inheritAVX512(SB), NOSPLIT, $0-56
	MOVQ row+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ rows+16(FP), SI
	MOVQ stride+24(FP), DX
	MOVQ depths+32(FP), R8
	MOVQ costs+40(FP), R9
	MOVQ arcs+48(FP), R10
	SHLQ $3, DX
	XORL R12, R12
	VPTERNLOGQ $0xff, Z31, Z31, Z31 // never

wide:
	CMPQ CX, $2
	JCS  block
	VMOVDQA64 Z31, Z0
	VMOVDQA64 Z31, Z1
	VMOVDQA64 Z31, Z2
	VMOVDQA64 Z31, Z3
	XORL R13, R13

wideArc:                           // two blocks at once, while arcs reach the second
	CMPQ  R13, R10
	JGE   wideStore
	MOVL  (R8)(R13*4), AX
	LEAL  16(R12), BX
	CMPL  AX, BX
	JCS   wideRest
	IMULQ DX, AX
	ADDQ  SI, AX
	VPBROADCASTQ (R9)(R13*8), Z4
	VPADDQ (AX), Z4, Z5
	VPADDQ 64(AX), Z4, Z6
	VPADDQ 128(AX), Z4, Z7
	VPADDQ 192(AX), Z4, Z8
	VPMINSQ Z5, Z0, Z0
	VPMINSQ Z6, Z1, Z1
	VPMINSQ Z7, Z2, Z2
	VPMINSQ Z8, Z3, Z3
	INCQ  R13
	JMP   wideArc

wideRest:
	CMPQ  R13, R10
	JGE   wideStore
	MOVL  (R8)(R13*4), AX
	CMPL  AX, R12
	JCS   wideStore
	IMULQ DX, AX
	ADDQ  SI, AX
	VPBROADCASTQ (R9)(R13*8), Z4
	VPADDQ (AX), Z4, Z5
	VPADDQ 64(AX), Z4, Z6
	VPMINSQ Z5, Z0, Z0
	VPMINSQ Z6, Z1, Z1
	INCQ  R13
	JMP   wideRest

wideStore:
	VMOVDQU64 Z0, (DI)
	VMOVDQU64 Z1, 64(DI)
	VMOVDQU64 Z2, 128(DI)
	VMOVDQU64 Z3, 192(DI)
	ADDQ $256, DI
	ADDQ $256, SI
	ADDL $32, R12
	SUBQ $2, CX
	JNZ  wide
	VZEROUPPER
	RET

block:
	VMOVDQA64 Z31, Z0
	VMOVDQA64 Z31, Z1
	XORL R13, R13

arc:
	CMPQ  R13, R10
	JGE   store
	MOVL  (R8)(R13*4), AX
	CMPL  AX, R12
	JCS   store
	IMULQ DX, AX
	ADDQ  SI, AX
	VPBROADCASTQ (R9)(R13*8), Z4
	VPADDQ (AX), Z4, Z5
	VPADDQ 64(AX), Z4, Z6
	VPMINSQ Z5, Z0, Z0
	VPMINSQ Z6, Z1, Z1
	INCQ  R13
	JMP   arc

store:
	VMOVDQU64 Z0, (DI)
	VMOVDQU64 Z1, 64(DI)
	VZEROUPPER
	RET

// func leastAVX512(front *int64, blocks int, costs *cost, starts *uint32, sums *int64, rows int)
TEXT ·leastAVX512(SB), NOSPLIT, $0-48
	MOVQ front+0(FP), DI
	MOVQ blocks+8(FP), CX
	MOVQ costs+16(FP), SI
	MOVQ starts+24(FP), R8
	MOVQ sums+32(FP), R9
	MOVQ rows+40(FP), R10
	SHLQ $7, CX                // bytes
	VPTERNLOGQ $0xff, Z31, Z31, Z31 // never

row:
	MOVL (R8), AX
	LEAQ (SI)(AX*8), AX
	XORL DX, DX
	VMOVDQA64 Z31, Z0
	VMOVDQA64 Z31, Z1

block:
	VMOVDQU64 (DI)(DX*1), Z4
	VMOVDQU64 64(DI)(DX*1), Z5
	VPADDQ (AX)(DX*1), Z4, Z4
	VPADDQ 64(AX)(DX*1), Z5, Z5
	VPMINSQ Z4, Z0, Z0
	VPMINSQ Z5, Z1, Z1
	ADDQ $128, DX
	CMPQ DX, CX
	JLT  block

	VPMINSQ Z1, Z0, Z0
	VSHUFI64X2 $0x4e, Z0, Z0, Z1
	VPMINSQ Z1, Z0, Z0
	VSHUFI64X2 $0xb1, Z0, Z0, Z1
	VPMINSQ Z1, Z0, Z0
	VPERMILPD $0x55, Z0, Z1
	VPMINSQ Z1, Z0, Z0
	VMOVQ X0, (R9)
	ADDQ $4, R8
	ADDQ $8, R9
	DECQ R10
	JNZ  row
	VZEROUPPER
	RET
