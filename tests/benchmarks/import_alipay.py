"""How many rows of an Alipay bill are read a second: `python tests/benchmarks/import_alipay.py [rows]` prints it."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data.importers import alipay_app
from data.importers.reading import csv_table
from tests.data.importers.builders import AlipayRow, alipay_app_csv


def bill(count: int) -> bytes:
    """A padded GB18030 bill of `count` rows, every twentieth a refund of the row before it."""
    start = datetime(2020, 1, 1)  # noqa: DTZ001 - the local time that a bill prints
    rows: list[AlipayRow] = []
    for number in range(count):
        time_text = f"{start + timedelta(minutes=13 * number):%Y-%m-%d %H:%M:%S}"
        order = f"20200101220011556314{number:08d}"
        facts = {"payee": f"商户{number % 300}", "method": "交通银行信用卡(7449)", "order_id": order}
        if number % 20 == 19:
            last = rows[-1]
            facts = {"payee": last.payee, "order_id": f"{last.order_id}_{number}", "description": "退款-商品"}
            facts |= {"direction": "不计收支", "status": "退款成功", "method": last.method}
        rows.append(AlipayRow(time_text, f"{number % 900 + 1}.{number % 100:02d}", **facts))
    return alipay_app_csv(rows)


def main() -> None:
    """Build, read, say how fast."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    data = bill(count)
    began = time.perf_counter()
    table = csv_table(data, "bill.csv")
    read = time.perf_counter()
    statement = alipay_app.parse(table)
    done = time.perf_counter()
    sys.stdout.write(
        f"{count} rows, {len(data) / 1e6:.1f} MB: bytes to table {read - began:.2f} s, table to statement "
        f"{done - read:.2f} s, {count / (done - began):,.0f} rows/s; {len(statement.lines)} lines, agrees: "
        f"{statement.agrees}\n"
    )


if __name__ == "__main__":
    main()
