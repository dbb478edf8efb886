"""How the tests of peers read a file and add it up, and files of each format to begin with."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from data.importers.recognise import Parsed, recognise
from data.importers.statement import Direction, Statement
from tests.samples import sample

EZ = (
    "Time,Timezone,Type,Category,Sub Category,Account,Account Currency,Amount,Account2,Account2 Currency,"
    "Account2 Amount,Geographic Location,Tags,Description"
)


FIREFLY = (
    "user_id,group_id,journal_id,created_at,updated_at,group_title,type,currency_code,amount,foreign_currency_code,"
    "foreign_amount,description,date,source_name,source_iban,source_type,destination_name,destination_iban,"
    "destination_type,reconciled,category,budget,bill,tags,notes"
)


def firefly_row(kind: str, amount: str, source: str, target: str, **more: str) -> str:
    cells = dict.fromkeys(FIREFLY.split(","), "") | {
        "journal_id": "7",
        "type": kind,
        "currency_code": "EUR",
        "amount": amount,
        "date": "2024-03-01T00:00:00+01:00",
        "source_name": source,
        "destination_name": target,
        **more,
    }
    return ",".join(cells.values())


BEECOUNT = {
    "zh": "类型,分类,二级分类,金额,账户,转出账户,转入账户,备注,时间,标签,附件\n"
    "支出,餐饮,晚餐,15.00,支付宝,,,和朋友,  2026-08-04 18:28:52  ,,\n"
    "转账,,,100.00,,银行卡,支付宝,,  2026-08-04 18:30:52  ,,\n"
    "收入,工资,,9000.00,银行卡,,,,  2026-08-05 09:00:00  ,,\n",
    "currency": "类型,分类,二级分类,金额,币种,账户,转出账户,转入账户,备注,时间,标签,附件\n"
    "支出,餐饮,晚餐,15.00,CNY,支付宝,,,和朋友,2026-08-04 18:28:52,,\n"
    "转账,,,100.00,CNY,,银行卡,支付宝,,2026-08-04 18:30:52,,\n"
    "收入,工资,,9000.00,CNY,银行卡,,,,2026-08-05 09:00:00,,\n",
    "en": "Type,Category,Subcategory,Amount,Account,From Account,To Account,Note,Time,Tags,Attachments\n"
    "Expense,餐饮,晚餐,15.00,支付宝,,,和朋友,2026-08-04 18:28:52,,\n"
    "Transfer,,,100.00,,银行卡,支付宝,,2026-08-04 18:30:52,,\n"
    "Income,工资,,9000.00,银行卡,,,,2026-08-05 09:00:00,,\n",
}


PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address",'
    '"To Email Address","Transaction ID","Item Title","Reference Txn ID","Balance","Subject","Balance Impact"\r\n'
)


def paypal_row(day: str, kind: str, gross: str, balance: str, **more: str) -> str:
    given = {"zone": "PST", "status": "Completed", "currency": "USD", "fee": "0.00", "impact": "Debit"} | more
    net = given.get("net") or str(Decimal(gross.replace(",", "")) + Decimal(given["fee"]))
    cells = [day, "10:00:00", given["zone"], given.get("name", ""), kind, given["status"], given["currency"], gross]
    cells += [
        given["fee"],
        net,
        "",
        "",
        given.get("id", ""),
        "",
        given.get("related", ""),
        balance,
        "",
        given["impact"],
    ]
    return ",".join(f'"{cell}"' for cell in cells) + "\r\n"


REVOLUT = "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"


REVOLUT_ROWS = (
    "TOPUP,Current,2024-02-04 17:59:03,2024-02-04 17:59:03,Payment from EMPLOYER,200.00,0.00,GBP,COMPLETED,200.00\n"
    "CARD_PAYMENT,Current,2024-02-05 23:48:40,2024-02-06 07:30:04,Grocer,-39.90,0.00,GBP,COMPLETED,160.10\n"
    "CARD_PAYMENT,Current,2024-02-07 16:51:50,,Taxi,-2.18,0.00,GBP,REVERTED,\n"
    "CARD_PAYMENT,Current,2024-02-07 16:52:50,,Taxi,-2.18,0.00,GBP,PENDING,\n"
    "CARD_PAYMENT,Current,2024-02-07 16:53:50,,Taxi,-2.18,0.00,GBP,DECLINED,\n"
    "EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,-50.00,0.50,GBP,COMPLETED,109.60\n"
    "EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,58.00,0.00,EUR,COMPLETED,58.00\n"
    "FEE,Current,2024-02-09 10:00:00,2024-02-09 10:00:00,Premium plan fee,0.00,7.99,GBP,COMPLETED,101.61\n"
    "CARD_REFUND,Current,2024-02-09 10:00:00,2024-02-10 10:00:00,Grocer,4.00,0.00,GBP,COMPLETED,105.61\n"
    "TRANSFER,Current,2024-02-11 10:00:00,2024-02-11 10:00:00,To pocket GBP Trip,-5.61,0.00,GBP,COMPLETED,100.00\n"
    "TRANSFER,Current,2024-02-11 11:00:00,2024-02-11 11:00:00,To A Friend,-10.00,0.00,GBP,COMPLETED,90.00\n"
    "ATM,Current,2024-02-12 11:00:00,2024-02-12 11:00:00,Cash at Bank,-20.00,1.00,GBP,COMPLETED,69.00\n"
    "INTEREST,Savings,2024-02-12 11:00:00,2024-02-12 11:00:00,Interest,0.10,0.00,GBP,COMPLETED,0.10\n"
)


WISE = (
    '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From",'
    '"Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,"Card Last Four Digits",'
    '"Card Holder Full Name",Attachment,Note,"Total fees","Transaction Details Type"\n'
)


def parsed(text: str | bytes, name: str = "export.csv") -> Parsed:
    (found,) = recognise(text if isinstance(text, bytes) else text.encode(), name)
    return found


def read(text: str | bytes, name: str = "export.csv") -> Statement:
    found = parsed(text, name)
    assert found.statement is not None, found.refusal
    return found.statement


def file(path: str) -> Statement:
    return read(sample(path).read_bytes(), path.rpartition("/")[2])


def moves(statement: Statement) -> list[tuple[str, str, str, str, str | None]]:
    """Kind, direction, amount with its currency, account and counter of every line."""
    return [
        (
            line.kind.value,
            line.direction.value,
            f"{line.amount.plain()} {line.amount.currency}",
            line.account.label,
            line.counter.label if line.counter else None,
        )
        for line in statement.lines
    ]


def reached(statement: Statement) -> dict[tuple[str, str], int]:
    """What the lines did to every account, in minor units by label and currency."""
    found: Counter[tuple[str, str]] = Counter()
    for line in statement.lines:
        own = line.amount.minor if line.direction is Direction.IN else -line.amount.minor
        found[line.account.label, line.amount.currency] += own
        if line.counter:
            found[line.counter.label, line.amount.currency] -= own
    return {account: minor for account, minor in found.items() if minor}


def rows_kept(statement: Statement) -> set[int]:
    return {row.line for rows in (statement.lines, statement.skipped, statement.problems) for row in rows}


def sums(statement: Statement, direction: Direction) -> tuple[int, Decimal]:
    amounts = [line.amount.decimal() for line in statement.lines if line.direction is direction]
    return len(amounts), sum(amounts, Decimal(0))
