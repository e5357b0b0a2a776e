"""Decoding a quantizer's bytes, as a module of JAX or of PyTorch that takes arrays of bytes.

Both do what the module of NumPy does, on whatever device the bytes are; shapes depend on the number
of weights alone. XLA fuses a product with the sum that follows on it, which would round once less;
where there are offsets, a choice that only a NaN would change stands between the two.
"""

import numpy as np

from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, magnitudes, pack
from elitemap.searchspaces.quantizers.formats.rule import BF16, FP16, FP32, Rule
from elitemap.searchspaces.quantizers.formats.to_c import TESTED, streams, tested
from elitemap.searchspaces.quantizers.formats.to_numpy import after
from elitemap.searchspaces.quantizers.statements import fnv

_BODY = '''\
"""{remark}

{layout}

Streams of the bytes, each from a whole byte on:
{streams}
"""

{imports}

#: Bits of the levels of each choice and code.
LEVELS = [
{levels}
]
{table}

def _floats(bits):
    return {floats}


def _kept(x):
    """The product as it is rounded{why}."""
    return {kept}


def _numbers(stream, n, width):
    """Numbers of so many bits each, from the lowest on."""
    if 8 % width == 0:
        parts = stream[:, None] >> {range}(0, 8, width){like}
        return (parts & ((1 << width) - 1)).reshape(-1)[:n]{word}
    bits = (stream[:, None] >> {range}(8){like}) & 1
    bits = bits.reshape(-1)[: n * width].reshape(n, width){word}
    return (bits << {range}(width){like}{word}).sum({axis})


def _signed(codes, width, minimum, units):
    """Scales or offsets, float32, each block's."""
    below = (codes >> {sign}) & 1 if width > {sign} else 0 * codes + minimum
    codes = codes & {mask}
    size = {magnitudes}
    if units is not None:
        size = size * {repeat}(units, {each} or len(codes))[: len(codes)]
    return {where}(below != 0, -size, size)


def decode(data, n):
    """float32[n], the weights that bytes (uint8) stand for; n is a Python number."""
    at, block = 0, {block} or n
    blocks, groups = -(-n // block), -(-n // {group}) if {group} else 1

    def take(count, width):
        nonlocal at
        at += -(-count * width // 8)
        return data[at - -(-count * width // 8) : at]

    units = [{unit} for _ in range({units})]
    units = units or [None]
    scale = _signed(_numbers(take(blocks, {scale}), blocks, {scale}), {scale}, 0, units[0])
    if {away}:
        offset = _signed(_numbers(take(blocks, {away}), blocks, {away}), {away}, 1, units[-1])
    choice = _numbers(take(blocks, 1), blocks, 1) if {choice} else {zeros}
    code = _numbers(take(n, {bits}), n, {bits})
    levels = _floats({levels_array})
    made = {repeat}(scale, block)[:n] * levels[{repeat}(choice, block)[:n], code]
    if {away}:
        made = _kept(made) + {repeat}(_kept(offset), block)[:n]
{after}    return made


def self_test():
    """Check decoded weights of a few bytes against what they must be."""
    data = np.frombuffer(bytes.fromhex(
{data}
    ), np.uint8).copy()
    made = 2166136261
    for byte in {tried}.astype("<f4").tobytes():
        made = (made ^ byte) * 16777619 & 0xFFFFFFFF
    assert made == {expected}, "decoded weights differ"


if __name__ == "__main__":
    self_test()
    print("{name}: {tested} weights agree")
'''

_TURNED = """\
    # Walsh and Hadamard's transform of each whole run of weights.
    whole = n // {{0}} * {{0}}
    turned = made[:whole]
    turned = {kept} * {{1}}
    for h in {{2}}:
        pairs = turned.reshape(-1, 2, h)
        first, second = pairs[:, 0], pairs[:, 1]
        turned = {module}.stack([first + second, first - second], {axis}=1).reshape(-1)
    made = {module}.{join}([turned, made[whole:]])
"""

_WORDS = {
    "jax": {
        "imports": "import jax\nimport jax.numpy as jnp\nimport numpy as np",
        "floats": "jax.lax.bitcast_convert_type(bits.astype(jnp.uint32), jnp.float32)",
        "range": "jnp.arange",
        "like": ".astype(stream.dtype)",
        "word": ".astype(jnp.uint32)",
        "axis": "axis=1, dtype=jnp.uint32",
        "repeat": "jnp.repeat",
        "where": "jnp.where",
        "zeros": "jnp.zeros(blocks, jnp.uint32)",
        "levels_array": "jnp.asarray(np.array(LEVELS, np.uint32))",
        "kept": "jnp.where(x == x, x, jnp.float32(0))",
        "why": ": the choice, which only a NaN would change, hides it from a sum",
        "tried": "np.asarray(jax.jit(decode, static_argnums=1)(jnp.asarray(data), {tested}))",
        "half": "jax.lax.bitcast_convert_type({0}.astype(jnp.uint16), jnp.float16)"
        ".astype(jnp.float32)",
        "turned": _TURNED.format(
            module="jnp", kept="_kept(turned)", axis="axis", join="concatenate"
        ),
        "apart": """\
    apart = -(-n // {0}) * {1}
    place = jnp.arange(apart) // {1} * {0} + take(apart, 8)
    made = made.at[place].set(_floats(_numbers(take(apart, 16), apart, 16) << 16))
""",
        "listed": "_floats(jnp.asarray(np.array(MAGNITUDES, np.uint32)))[codes]",
        "number": "_numbers({0}, groups, {1})",
    },
    "torch": {
        "imports": "import numpy as np\nimport torch",
        "floats": "torch.where(bits >= 2**31, bits - 2**32, bits).to(torch.int32)"
        ".view(torch.float32)",
        "range": "torch.arange",
        "like": ".to(stream.device, stream.dtype)",
        "word": ".to(torch.int64)",
        "axis": "1",
        "repeat": "torch.repeat_interleave",
        "where": "torch.where",
        "zeros": "torch.zeros(blocks, dtype=torch.int64, device=data.device)",
        "levels_array": "torch.tensor(LEVELS, dtype=torch.int64, device=data.device)",
        "kept": "x",
        "why": "",
        "tried": "decode(torch.from_numpy(data), {tested}).numpy()",
        "half": "{0}.to(torch.int16).view(torch.float16).to(torch.float32)",
        "turned": _TURNED.format(module="torch", kept="turned", axis="dim", join="cat"),
        "apart": """\
    apart = -(-n // {0}) * {1}
    place = torch.arange(apart, device=data.device) // {1} * {0} + take(apart, 8)
    made[place] = _floats(_numbers(take(apart, 16), apart, 16) << 16)
""",
        "listed": "_floats(torch.tensor(MAGNITUDES, dtype=torch.int64, device=codes.device))"
        "[codes]",
        "number": "_numbers({0}, groups, {1})",
    },
}


#: Words that stand in the text as they are.
_SHARED = (
    *("imports", "floats", "range", "like", "word", "axis", "repeat", "where", "zeros"),
    *("levels_array", "kept", "why"),
)


def _magnitudes(rule: Rule, words: dict[str, str]) -> tuple[str, str]:
    """What magnitudes of scales stand for: the expression, and the table that it needs."""
    if rule.codec == FP32:
        return "_floats(codes)", ""
    if rule.codec == BF16:
        return "_floats(codes << 16)", ""
    if rule.codec == FP16:
        return words["half"].format("codes"), ""
    # The last code of E8M0 is no number, and is never written.
    with np.errstate(over="ignore"):
        known = magnitudes(rule, np.arange(1 << rule.magnitude, dtype=np.uint32))
    listed = [f"{x:#010x}" for x in known.view(np.uint32).tolist()]
    rows = [", ".join(listed[k : k + 8]) for k in range(0, len(listed), 8)]
    text = "\n".join(f"    {row}," for row in rows)
    return words["listed"], f"\n#: Bits of the magnitudes of scales.\nMAGNITUDES = [\n{text}\n]\n"


def to_arrays(rule: Rule, element: Element, name: str, remark: str, language: str) -> str:
    """The text of a Python file.

    Args:
        rule: The layout.
        element: The levels.
        name: An identifier.
        remark: One line that is safe in a string.
        language: ``jax`` or ``torch``.
    """
    words = _WORDS[language]
    levels = element.levels(rule)
    data = pack(rule, encode(rule, levels, tested()))
    text = data.hex()
    rows = [", ".join(f"{x:#010x}" for x in row.view(np.uint32).tolist()) for row in levels]
    made, table = _magnitudes(rule, words)
    number = words["number"].format(f"take(groups, {rule.unit_width})", rule.unit_width)
    unit = words["half"].format(number) if rule.unit_width == 16 else f"_floats({number})"
    told = {key: words[key] for key in _SHARED}
    return _BODY.format(
        **told,
        remark=remark,
        layout=rule.text(),
        streams="\n".join(f"- {line}" for line in streams(rule)),
        levels="\n".join(f"    [{row}]," for row in rows),
        table=table,
        magnitudes=made,
        sign=rule.magnitude,
        mask=hex((1 << rule.magnitude) - 1),
        each=rule.group // rule.block if rule.group else 0,
        block=rule.block,
        group=rule.group,
        unit=unit,
        units=(2 if rule.offset else 1) if rule.unit_width else 0,
        scale=rule.scale_width,
        away=rule.offset_width,
        choice=rule.choice,
        bits=rule.bits,
        after=after(rule, words["turned"], words["apart"]),
        data="\n".join(f'        "{text[k : k + 80]}"' for k in range(0, len(text), 80)),
        tried=words["tried"].format(tested=TESTED),
        tested=TESTED,
        expected=fnv(decode(rule, levels, TESTED, data).astype("<f4").tobytes()),
        name=name,
    )
