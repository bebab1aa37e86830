"""What a vehicle says: each function turns a part of its state into messages."""
