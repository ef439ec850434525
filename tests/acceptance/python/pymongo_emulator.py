"""pymongo as an independent client of the emulator: python3 witness.py URI [CA_FILE]. Ends with 0 when all is as it should be."""

import sys

import bson
import pymongo
from bson.raw_bson import RawBSONDocument
from pymongo import errors, read_concern


def main(uri, *ca_file):
    options = {"tlsCAFile": ca_file[0]} if ca_file else {}
    client = pymongo.MongoClient(uri, serverSelectionTimeoutMS=20000, **options)
    client.drop_database("witness")
    database = client.get_database("witness", bson.codec_options.CodecOptions(document_class=RawBSONDocument))
    collection = database.get_collection("raw")
    documents = [
        RawBSONDocument(bson.encode({"_id": 1, "text": "a", "number": bson.Int64(5), "nested": {"b": [1, 2.5, None]}})),
        RawBSONDocument(bson.encode({"_id": 2, "decimal": bson.Decimal128("-0E+6144"), "code": bson.Code("x"), "key": bson.MinKey()})),
        RawBSONDocument(bson.encode({"_id": 3, "date": bson.DatetimeMS(2**62), "regex": bson.Regex("a", "i"), "binary": bson.Binary(b"x", 128)})),
    ]
    collection.insert_many(documents)
    assert [one.raw for one in collection.find({}, batch_size=2)] == [one.raw for one in documents]
    assert [one.raw for one in collection.find({"_id": {"$gte": 2}}).sort("_id", -1).limit(1)] == [documents[2].raw]
    bounded = collection.find({}).min([("_id", 2)]).max([("_id", 3)]).hint([("_id", 1)])
    assert [one.raw for one in bounded] == [documents[1].raw]

    try:
        collection.insert_many([{"_id": 3}, {"_id": 4}], ordered=False)
        raise AssertionError("a duplicate was taken")
    except errors.BulkWriteError as error:
        assert error.details["nInserted"] == 1 and error.details["writeErrors"][0]["code"] == 11000, error.details
    collection.create_index([("text", 1)], name="by_text", sparse=True)
    assert list(client["witness"]["raw"].index_information()) == ["_id_", "by_text"]
    client["witness"].create_collection("view", viewOn="raw", pipeline=[{"$match": {"_id": 1}}])
    assert [one["_id"] for one in client["witness"]["view"].find()] == [1]
    assert sorted(entry["type"] for entry in client["witness"].list_collections()) == ["collection", "collection", "view"]
    assert collection.count_documents({}) == 4 and collection.estimated_document_count() == 4

    with client.start_session(snapshot=True) as session:
        before = [one.raw for one in collection.find({}, session=session, batch_size=2)]
        collection.delete_many({})
        assert [one.raw for one in collection.find({}, session=session, batch_size=2)] == before
    assert list(collection.find({})) == []
    assert client["witness"].get_collection("none", read_concern=read_concern.ReadConcern("majority")).find_one() is None
    try:
        client["witness"].command("unheardOf")
        raise AssertionError("an unknown command was taken")
    except errors.OperationFailure as error:
        assert error.code == 59, error
    client.close()
    print("pymongo", pymongo.version, "agrees")


main(*sys.argv[1:])
