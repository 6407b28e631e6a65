#include "textflag.h"

// func carryAVX2(costs *lane, nodes int, first *uint32, arcs *sweepArc)
//
// A lane is 64 bytes, an arc 16: the number of the node it comes from, its cost.
TEXT ·carryAVX2(SB), NOSPLIT, $0-32
	MOVQ costs+0(FP), DI
	MOVQ nodes+8(FP), CX
	MOVQ first+16(FP), SI
	MOVQ arcs+24(FP), DX
	MOVQ DI, R8                // the node's costs
	MOVL (SI), R9              // its first arc
	SHLQ $4, R9
	ADDQ DX, R9

node:
	TESTQ CX, CX
	JZ    done
	ADDQ  $4, SI
	MOVL  (SI), R10            // behind its last arc
	SHLQ  $4, R10
	ADDQ  DX, R10
	VMOVDQU (R8), Y0
	VMOVDQU 32(R8), Y1

arc:
	CMPQ R9, R10
	JAE  next
	MOVQ (R9), R11
	SHLQ $6, R11
	VPBROADCASTQ 8(R9), Y2
	VPADDQ (DI)(R11*1), Y2, Y3
	VPADDQ 32(DI)(R11*1), Y2, Y4
	VPCMPGTQ Y3, Y0, Y5        // where Y0 is more than Y3
	VPCMPGTQ Y4, Y1, Y6
	VPBLENDVB Y5, Y3, Y0, Y0
	VPBLENDVB Y6, Y4, Y1, Y1
	ADDQ $16, R9
	JMP  arc

next:
	VMOVDQU Y0, (R8)
	VMOVDQU Y1, 32(R8)
	ADDQ $64, R8
	DECQ CX
	JMP  node

done:
	VZEROUPPER
	RET
