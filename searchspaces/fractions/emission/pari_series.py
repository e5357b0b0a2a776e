"""The tail's asymptotic series of slow fractions (:mod:`.engine_series`) as text in PARI/GP."""

BY_SERIES = r"""
\\ b(n+1)/(a(n+1) a(n)), numerator and denominator, leading coefficients first.
above = {above};
below = {below};

\\ Its coefficients: of n^2, n, 1, 1/n, ..., in units of 2^-bits.
quotients(count, bits) =
{{
  my(lead = 2 - #above + #below, found = vector(count));
  for (k = lead, count - 1,
    my(total = if (k - lead < #above, above[k - lead + 1] << bits, 0));
    for (j = 1, min(k - lead, #below - 1), total -= below[j + 1]*found[k - j + 1]);
    found[k + 1] = total\below[1]);
  found;
}}

differences(row, first) =
{{
  my(found = vector(#row + 1));
  found[1] = first;
  for (i = 1, #row, found[i + 1] = found[i] - row[i]);
  found;
}}

\\ The tail t(n) with t(n) (1 + t(n+1)) = b(n+1)/(a(n+1) a(n)): coefficients of n, 1, 1/n, ...
tails(order, bits) =
{{
  my(right = quotients(order + 4, bits), unit = 1 << bits, grown = right[1] != 0);
  my(found = vector(order + 2), moved = vector(order + 2), row = [], s);
  if (grown,
    s = sqrtint(right[1] << bits);
    found[1] = s;
    found[2] = ((right[2] - s)*unit - s^2)\(2*s);
    moved[2] = found[2] + s,
    s = (sqrtint((unit\4 + 4*right[5]) << bits) - unit\2)\2;
    found[2] = -unit\2;
    found[3] = moved[3] = s;
    row = [s]);
  for (k = if (grown, 1, 2), order,
    my(rest = -vecsum(row), later = -vecsum(differences(row, 0)), inner);
    if (grown,
      inner = sum(i = 0, k - 1, found[i + 2]*moved[k + 1 - i])\unit;
      found[k + 2] = ((right[k + 2] - s*rest\unit - inner - found[k + 1]) << bits)\(2*s),
      inner = sum(i = 2, k - 1, found[i + 2]*moved[k + 3 - i])\unit;
      found[k + 2] = ((right[k + 4] - inner - s*rest\unit + later\2) << bits)\(k*unit\2 + 2*s));
    moved[k + 2] = found[k + 2] + rest;
    row = differences(row, found[k + 2]));
  found;
}}

\\ The limit in units of 2^-bits from the convergents at n and the tail there.
with_tail(series, n, bits, guard) =
{{
  my(total = 0, tail, m);
  forstep (k = #series, 1, -1, total = total\n + series[k]);
  tail = (total*n*a(n))\(1 << guard);
  m = [a(0), 1; 1, 0]*matrices(1, n + 1);
  (((m[1, 1] << bits) + tail*m[1, 2]) << bits)\((m[2, 1] << bits) + tail*m[2, 2]);
}}

\\ The limit to so many decimal places, to which the series at two depths must agree.
limit(places) =
{{
  my(digits = places, bits = 4*places + 64);
  while (12*digits + 200 <= {most},
    my(order = 8 + 9*digits\20, depth = 12*digits + 200);
    my(series = tails(order, bits + 4*order));
    my(fine = with_tail(series, depth, bits, 4*order));
    my(coarse = with_tail(series, 3*depth\4, bits, 4*order));
    if (abs(fine - coarse)*10^places < 1 << bits, return(fine/(1 << bits)));
    digits += digits\3);
  error("the tail's series does not settle");
}}
"""
