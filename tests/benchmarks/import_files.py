"""One bill of generated purchases in every format that is read, for measuring; the same seed gives the same bytes."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from tests.data.importers import builders
from tests.data.importers.peer_files import EZ

_START: Final = datetime(2020, 1, 1, 8)  # noqa: DTZ001 - the local time that a bill prints
_SHOPS: Final = 300
_EURO: Final = "EUR"


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One purchase. minor: positive."""

    number: int
    at: datetime
    minor: int
    payee: str

    @property
    def amount(self) -> str:
        """`12.34`."""
        return f"{self.minor // 100}.{self.minor % 100:02}"

    @property
    def time(self) -> str:
        """`2020-01-01 08:00:00`."""
        return f"{self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def order(self) -> str:
        """An order number of its own."""
        return f"2020010122001155{self.number:012}"


def rows_of(count: int, seed: int) -> list[Row]:
    """So many purchases, thirteen minutes apart."""
    draw = random.Random(seed)  # noqa: S311 - a repeatable file, no secret
    return [
        Row(
            number,
            _START + timedelta(minutes=13 * number),
            draw.randrange(100, 90_000),
            f"Shop {draw.randrange(_SHOPS):03}",
        )
        for number in range(count)
    ]


def _alipay_app(rows: Sequence[Row]) -> bytes:
    return builders.alipay_app_csv(
        [builders.AlipayRow(r.time, r.amount, payee=r.payee, order_id=r.order, merchant_order_id="M") for r in rows]
    )


def _alipay_web(rows: Sequence[Row]) -> bytes:
    return builders.alipay_web_csv(
        [builders.AlipayWebRow(r.time, r.amount, payee=r.payee, order_id=r.order) for r in rows]
    )


def _wechat_rows(rows: Sequence[Row]) -> list[builders.WechatRow]:
    return [builders.WechatRow(r.time, r.amount, payee=r.payee, order_id=r.order) for r in rows]


def _jd(rows: Sequence[Row]) -> bytes:
    return builders.jd_csv([builders.JdRow(r.time, r.amount, payee=r.payee, order_id=r.order) for r in rows])


def _meituan(rows: Sequence[Row]) -> bytes:
    return builders.meituan_csv([builders.MeituanRow(r.time, r.amount, title=r.payee, order_id=r.order) for r in rows])


def _cmb(rows: Sequence[Row]) -> bytes:
    lines = ["记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"]
    balance = 10**10
    for row in rows:
        balance -= row.minor
        lines.append(f"{row.at:%Y-%m-%d},CNY,-{row.amount},{balance / 100:.2f},快捷支付,{row.payee},")
    return "\n".join(lines).encode()


def _ofx_rows(rows: Sequence[Row], close: Callable[[str], str]) -> str:
    def field(tag: str, value: str) -> str:
        return f"<{tag}>{value}{close(tag)}\n"

    return "".join(
        "<STMTTRN>\n"
        + field("TRNTYPE", "DEBIT")
        + field("DTPOSTED", f"{row.at:%Y%m%d%H%M%S}")
        + field("TRNAMT", f"-{row.amount}")
        + field("FITID", row.order)
        + field("NAME", row.payee)
        + field("MEMO", "card purchase")
        + "</STMTTRN>\n"
        for row in rows
    )


def _ofx(rows: Sequence[Row], head: str, close: Callable[[str], str]) -> bytes:
    def field(tag: str, value: str) -> str:
        return f"<{tag}>{value}{close(tag)}"

    status = f"<STATUS>{field('CODE', '0')}{field('SEVERITY', 'INFO')}</STATUS>"
    account = f"{field('BANKID', '1')}{field('ACCTID', '123')}{field('ACCTTYPE', 'CHECKING')}"
    days = f"{field('DTSTART', '20200101')}{field('DTEND', '20301231')}"
    balance = f"{field('BALAMT', '0.00')}{field('DTASOF', '20301231')}"
    return (
        f"{head}<OFX><SIGNONMSGSRSV1><SONRS>{status}{field('DTSERVER', '20301231')}{field('LANGUAGE', 'ENG')}"
        f"</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS>{field('TRNUID', '1')}{status}<STMTRS>"
        f"{field('CURDEF', 'USD')}<BANKACCTFROM>{account}</BANKACCTFROM><BANKTRANLIST>{days}\n"
        f"{_ofx_rows(rows, close)}</BANKTRANLIST><LEDGERBAL>{balance}</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>"
    ).encode()


_SGML_HEAD: Final = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
    "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
_XML_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def _qif(rows: Sequence[Row]) -> bytes:
    listed = (f"D{row.at:%Y-%m-%d}\nT-{row.amount}\nP{row.payee}\nMcard\n^\n" for row in rows)
    return ("!Type:Bank\n" + "".join(listed)).encode()


def _camt(rows: Sequence[Row]) -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="{_EURO}">{row.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{row.at:%Y-%m-%d}</Dt></BookgDt><ValDt><Dt>{row.at:%Y-%m-%d}</Dt></ValDt>"
        f"<AcctSvcrRef>{row.order}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>CCRD</Cd>"
        f"<SubFmlyCd>POSD</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{row.number}"
        f"</EndToEndId></Refs><RltdPties><Cdtr><Nm>{row.payee}</Nm></Cdtr><CdtrAcct><Id><IBAN>DE89370400440532013000"
        f"</IBAN></Id></CdtrAcct></RltdPties><RmtInf><Ustrd>Invoice {row.number}</Ustrd></RmtInf></TxDtls></NtryDtls>"
        "</Ntry>\n"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
        f"<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE14740618130000033626</IBAN></Id><Ccy>{_EURO}</Ccy></Acct>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _mt940(rows: Sequence[Row]) -> bytes:
    lines = [":20:START", ":25:37040044/0532013000", ":28C:1/1", ":60F:C200101EUR100000000,00"]
    for row in rows:
        lines.append(f":61:{row.at:%y%m%d%m%d}D{row.amount.replace('.', ',')}NMSC{row.number:016}")
        lines.append(f":86:105?00KARTENZAHLUNG?20EREF+E{row.number}?21Invoice {row.number}?32{row.payee}")
    rest = 10_000_000_000 - sum(row.minor for row in rows)
    last = max((row.at for row in rows), default=_START)
    lines.append(f":62F:C{last:%y%m%d}EUR{rest // 100},{rest % 100:02}")
    return ("\n".join([*lines, "-"]) + "\n").encode()


def _beancount(rows: Sequence[Row]) -> bytes:
    lines = [
        'option "operating_currency" "CNY"',
        "2020-01-01 open Assets:Bank:Checking CNY",
        "2020-01-01 open Expenses:Food CNY",
        "",
    ]
    for row in rows:
        lines += [
            f'{row.at:%Y-%m-%d} * "{row.payee}" "Lunch {row.number}"',
            f"  Assets:Bank:Checking  -{row.amount} CNY",
            "  Expenses:Food",
            "",
        ]
    return "\n".join(lines).encode()


def _hledger(rows: Sequence[Row]) -> bytes:
    lines = ["account assets:bank:checking", "account expenses:food", ""]
    for row in rows:
        lines += [
            f"{row.at:%Y-%m-%d} * {row.payee} | Lunch {row.number}",
            f"    expenses:food         {row.amount} CNY",
            "    assets:bank:checking",
            "",
        ]
    return "\n".join(lines).encode()


def _generic(rows: Sequence[Row]) -> bytes:
    lines = ["Date,Payee,Amount,Currency"]
    lines += [f"{row.at:%Y-%m-%d},{row.payee},-{row.amount},CNY" for row in rows]
    return "\n".join(lines).encode()


def _ezbookkeeping(rows: Sequence[Row]) -> bytes:
    lines = [EZ]
    lines += [f"{row.time},+08:00,Expense,Food & Drink,Food,Wallet,CNY,{row.amount},,,,,,{row.payee}" for row in rows]
    return "\n".join(lines).encode()


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """One format to measure. csv: the bytes are a table that others read too: (encoding, lines before its header)."""

    name: str
    file: str
    write: Callable[[Sequence[Row]], bytes]
    csv: tuple[str, str] | None = None


# csv: the encoding, and the first cell of its header.
FORMATS: Final = (
    Format("Alipay app", "alipay.csv", _alipay_app, ("gb18030", "交易时间")),
    Format("Alipay web", "alipay-web.csv", _alipay_web, ("gb18030", "交易号")),
    Format("WeChat CSV", "wechat.csv", lambda rows: builders.wechat_csv(_wechat_rows(rows)), ("utf-8", "交易时间")),
    Format("WeChat XLSX", "wechat.xlsx", lambda rows: builders.wechat_xlsx(_wechat_rows(rows))),
    Format("JD", "jd.csv", _jd, ("utf-8", "交易时间")),
    Format("Meituan", "meituan.csv", _meituan, ("utf-8", "交易创建时间")),
    Format("CMB debit card", "cmb.csv", _cmb, ("utf-8", "记账日期")),
    Format("OFX SGML", "bank.ofx", lambda rows: _ofx(rows, _SGML_HEAD, lambda _: "")),
    Format("OFX XML", "bank-xml.ofx", lambda rows: _ofx(rows, _XML_HEAD, lambda tag: f"</{tag}>")),
    Format("QIF", "bank.qif", _qif),
    Format("CAMT.053", "bank.xml", _camt),
    Format("MT940", "bank.sta", _mt940),
    Format("Beancount", "book.beancount", _beancount),
    Format("hledger", "book.journal", _hledger),
    Format("any CSV", "any.csv", _generic, ("utf-8", "Date")),
    Format("ezBookkeeping", "ez.csv", _ezbookkeeping, ("utf-8", "Time")),
)
