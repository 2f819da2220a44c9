"""Chinese words of a table of one's own: its columns, and what stands in them."""

from __future__ import annotations

COLUMNS = {
    "市场": "market",
    "交易市场": "market",
    "品种": "product",
    "产品": "product",
    "交易品种": "product",
    "配额年份": "vintage",
    "年份": "vintage",
    "交易方式": "trade",
    "日期": "date",
    "交易日期": "date",
    "开盘价": "open",
    "最高价": "high",
    "最低价": "low",
    "收盘价": "close",
    "均价": "vwap",
    "成交均价": "vwap",
    "成交量": "volume",
    "成交额": "value",
    "成交金额": "value",
    "价格类型": "price_kind",
    "单位": "unit",
    "价格单位": "price_unit",
    "币种": "currency",
    "货币": "currency",
}
"""Printed heading to column; the first heading of a column is the one that the template writes."""
TRADES = {
    "挂牌": "listed",
    "挂牌交易": "listed",
    "挂牌协议交易": "listed",
    "大宗": "block",
    "大宗交易": "block",
    "大宗协议交易": "block",
    "拍卖": "auction",
    "单向竞价": "auction",
    "合计": "total",
    "总计": "total",
}
PRICE_KINDS = {
    "收盘价": "close",
    "均价": "vwap",
    "成交均价": "vwap",
    "结算价": "settlement",
    "指数": "index",
    "现货价": "spot",
    "汇率": "rate",
    "出清价": "clearing",
    "拍卖价": "auction",
    "未知": "unknown",
}
EXPLAINED = {
    "market": "市场，可用中文名（湖北）或代码（hubei）",
    "product": "交易品种代码（HBEA），只有一个品种时留空",
    "vintage": "品种所属的配额年份，没有时留空",
    "trade": "交易方式：挂牌、大宗、拍卖，或当日合计；留空为合计",
    "date": "交易日期；日内价格写时段的起始时刻",
    "open": "开盘价，用该市场的价格单位",
    "high": "最高价，用该市场的价格单位",
    "low": "最低价，用该市场的价格单位",
    "close": "收盘价、结算价或出清价（见价格类型），用该市场的价格单位",
    "vwap": "按成交量加权的当日成交均价，用该市场的价格单位",
    "volume": "成交量，用该市场的数量单位",
    "value": "成交额，用该市场的货币",
    "price_kind": "价格类型；留空为收盘价，只有均价一列时为均价",
}
"""What each column of the tidy table is, as `schema.DESCRIPTIONS` says it in English."""


def heading_of(column: str) -> str:
    """Return the heading that the template writes for a column of the tidy table."""
    return next(text for text, name in COLUMNS.items() if name == column)
