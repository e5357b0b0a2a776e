"""An integer operator as a combinational Verilog module, and a bench that tries all inputs."""

from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.operators.space import looking
from elitemap.searchspaces.quantizers.operators.targets import Operator
from elitemap.searchspaces.quantizers.statements import wires

_MODULE = """\
// {remark}
//
// {takes}, to {gives}.
module {name}_word(
    input  wire [31:0] x,
    output wire [31:0] y
);
{lines}
endmodule
"""

_BENCH = """\
// Checks a hash of the outputs of all {count} inputs of {name}_word.
module {name}_test;
    reg [31:0] x;
    wire [31:0] y;
    integer i, k;
    reg [31:0] hash, word;
    {name}_word tested(.x(x), .y(y));
    initial begin
        hash = 32'd2166136261;
        for (i = {start}; i < {stop}; i = i + 1) begin
            x = i;
            #1 word = y;
            for (k = 0; k < 4; k = k + 1) begin
                hash = (hash ^ {{24'd0, word[7:0]}}) * 32'd16777619;
                word = word >> 8;
            end
        end
        if (hash == 32'd{expected})
            $display("{name}: all {count} outputs agree");
        else
            $display("{name}: some outputs differ");
        $finish;
    end
endmodule
"""


def to_verilog(
    program: Program,
    table: list[int],
    room: int,
    o: Operator,
    expected: int,
    name: str,
    remark: str,
) -> tuple[str, str]:
    """The texts of the module and of its bench; arguments as of :func:`.to_c.to_c`."""
    lines = ["wire [31:0] t0 = x;"]
    if room:
        first = looking(program)
        rest = [k for k in range(len(program.instructions)) if k not in first]
        lines += [*wires(program, first), *_entry(program, table, room), *wires(program, rest)]
    else:
        lines += wires(program)
    lines.append(f"assign y = t{program.results[0]};")
    start = int(o.inputs.view("i4")[0])
    words = {
        "name": name,
        "remark": remark,
        "takes": o.takes[0].upper() + o.takes[1:],
        "gives": o.gives,
        "lines": "\n".join(f"    {line}" for line in lines),
        "start": start,
        "stop": start + len(o.inputs),
        "count": len(o.inputs),
        "expected": expected,
    }
    return _MODULE.format(**words), _BENCH.format(**words)


def _entry(program: Program, table: list[int], room: int) -> list[str]:
    """What the table holds at the index."""
    if not table:
        return ["wire [31:0] t1 = 32'd0;"]
    cases = [f"        32'd{k}: entry = 32'd{x & 0xFFFFFFFF};" for k, x in enumerate(table)]
    return [
        "function [31:0] entry(input [31:0] index);",
        "    case (index)",
        *cases,
        "        default: entry = 32'd0;",
        "    endcase",
        "endfunction",
        f"wire [31:0] t1 = entry(t{program.results[1]} & 32'd{room - 1});",
    ]
