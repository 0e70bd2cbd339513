"""The event file of one workspace as the first release made it, with one signal that hits touchpoint 1."""

from __future__ import annotations

FIRST_RELEASE = """
    CREATE TABLE meta (version BIGINT NOT NULL, next_arrival BIGINT NOT NULL, next_person BIGINT NOT NULL,
        next_identity BIGINT NOT NULL, next_order BIGINT NOT NULL, first_time TIMESTAMP, newest_time TIMESTAMP);
    CREATE TABLE signal (arrival BIGINT NOT NULL, message_id UUID, kind UTINYINT NOT NULL, name VARCHAR NOT NULL,
        time TIMESTAMP NOT NULL, person BIGINT NOT NULL, identity BIGINT, order_key BIGINT, session VARCHAR,
        channel VARCHAR, url VARCHAR, value DOUBLE, score DOUBLE, scale_low DOUBLE, scale_high DOUBLE,
        text VARCHAR, properties VARCHAR);
    CREATE TABLE identity (identity BIGINT NOT NULL, alias VARCHAR NOT NULL, person BIGINT NOT NULL);
    CREATE TABLE person (person BIGINT NOT NULL, traits VARCHAR);
    CREATE TABLE orders (order_key BIGINT NOT NULL, id VARCHAR NOT NULL, person BIGINT NOT NULL, identity BIGINT,
        signal BIGINT, time TIMESTAMP, value DOUBLE, status VARCHAR, promised DATE, delivered DATE,
        channel VARCHAR, url VARCHAR, properties VARCHAR);
    CREATE TABLE order_row (message_id UUID NOT NULL, order_key BIGINT NOT NULL, value DOUBLE);
    CREATE TABLE hit (touchpoint BIGINT NOT NULL, signal BIGINT NOT NULL);
    CREATE TABLE property (name VARCHAR NOT NULL, signals BIGINT NOT NULL, last TIMESTAMP);
    INSERT INTO meta VALUES (1, 2, 2, 2, 1, '2026-03-01', '2026-03-01');
    INSERT INTO person VALUES (1, NULL);
    INSERT INTO identity VALUES (1, 'maija', 1);
    INSERT INTO signal BY NAME SELECT 1 AS arrival, 1 AS kind, 'view' AS name, TIMESTAMP '2026-03-01' AS time,
        1 AS person, 1 AS identity;
    INSERT INTO hit VALUES (1, 1);
"""
