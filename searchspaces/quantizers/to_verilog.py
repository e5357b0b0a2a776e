"""A multiplier as a combinational Verilog module, and a bench that goes through all operands."""

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.statements import wires

_MODULE = """\
// {remark}
//
// Mantissa codes of {bits} bits to the product as a fixed-point number, {fraction} fraction bits;
// what goes beyond them is to be added to the sum of the exponents.
module {name}_field(
    input  wire [{top}:0] code_a,
    input  wire [{top}:0] code_b,
    output wire signed [{width}:0] field
);
{lines}
endmodule
"""

_BENCH = """\
// Checks a hash of all {pairs} products of {name}_field.
module {name}_test;
    reg [{top}:0] a, b;
    wire signed [{width}:0] field;
    integer i, j, k;
    reg [31:0] hash, word;
    {name}_field multiplier(.code_a(a), .code_b(b), .field(field));
    initial begin
        hash = 32'd2166136261;
        for (i = 0; i < {codes}; i = i + 1)
            for (j = 0; j < {codes}; j = j + 1) begin
                a = i;
                b = j;
                #1 word = {{{{{sign}{{field[{width}]}}}}, field}};
                for (k = 0; k < 4; k = k + 1) begin
                    hash = (hash ^ {{24'd0, word[7:0]}}) * 32'd16777619;
                    word = word >> 8;
                end
            end
        if (hash == 32'd{expected})
            $display("{name}: all {pairs} products agree");
        else
            $display("{name}: products of some codes differ");
        $finish;
    end
endmodule
"""

#: Mask of a word: negative offsets are written modulo 2^32.
_WORD = 0xFFFFFFFF


def to_verilog(
    program: Program,
    table: list[int],
    room: int,
    mantissas: Mantissas,
    expected: int,
    name: str,
    remark: str,
) -> tuple[str, str]:
    """The texts of the module and of its bench.

    Args:
        program: Of words, with a field and an index; its products are in range.
        table: Its offsets.
        room: The size that indices are taken modulo.
        mantissas: The format.
        expected: Hash of all products, which the bench expects.
        name: An identifier.
        remark: One line that is safe in a comment.
    """
    lines = [
        f"wire [31:0] t{k} = {{{{{32 - mantissas.bits}{{1'b0}}}}, {code}}} << {mantissas.guard};"
        for k, code in enumerate(("code_a", "code_b"))
    ]
    lines += wires(program)
    lines += _sum(program, table, room)
    # A field is from -S to 3 S - 1, which takes two bits more than the fraction and a sign.
    width = mantissas.fraction + 2
    lines.append(f"assign field = total[{width}:0];")
    words = {
        "name": name,
        "remark": remark,
        "bits": mantissas.bits,
        "fraction": mantissas.fraction,
        "top": mantissas.bits - 1,
        "width": width,
        "sign": 31 - width,
        "codes": mantissas.codes,
        "pairs": mantissas.codes**2,
        "expected": expected,
        "lines": "\n".join(f"    {line}" for line in lines),
    }
    return _MODULE.format(**words), _BENCH.format(**words)


def _sum(program: Program, table: list[int], room: int) -> list[str]:
    """The field of the program, and what the table adds to it."""
    field = f"t{program.results[0]}"
    if not table:
        return [f"wire [31:0] total = {field};"]
    index = f"t{program.results[1]} & 32'd{room - 1}"
    cases = [f"        32'd{k}: entry = 32'd{offset & _WORD};" for k, offset in enumerate(table)]
    return [
        "function [31:0] entry(input [31:0] index);",
        "    case (index)",
        *cases,
        "        default: entry = 32'd0;",
        "    endcase",
        "endfunction",
        f"wire [31:0] total = {field} + entry({index});",
    ]
