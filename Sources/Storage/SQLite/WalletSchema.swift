/// The tables of what phones receive.
enum WalletSchema {
    /// Offers and holdings; neither an offer that has ended nor a revoked holding becomes good again.
    ///
    /// A code's holding needs no index: the index of the subject's codes leads to it.
    static let tables = """
        CREATE TABLE offer (
            id BLOB PRIMARY KEY, subject TEXT NOT NULL, guardian TEXT, scope INTEGER NOT NULL, days INTEGER NOT NULL,
            code BLOB NOT NULL UNIQUE, pin BLOB, loss BLOB NOT NULL UNIQUE, secret BLOB,
            wrongPINs INTEGER NOT NULL, status TEXT NOT NULL, madeAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL
            ) WITHOUT ROWID;
        CREATE INDEX offerByEnd ON offer(expiresAt);
        CREATE INDEX offerWithSecret ON offer(expiresAt) WHERE secret IS NOT NULL;
        CREATE INDEX offerOpenBySubject ON offer(subject) WHERE status = 'open';
        CREATE INDEX offerOpenByGuardian ON offer(guardian) WHERE status = 'open';
        CREATE TRIGGER offerOnward BEFORE UPDATE ON offer
            WHEN OLD.status <> 'open' AND NEW.status <> OLD.status OR NEW.wrongPINs < OLD.wrongPINs
                OR OLD.secret IS NULL AND NEW.secret IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'an ended offer stays ended'); END;
        CREATE TABLE holding (
            id BLOB PRIMARY KEY, subject TEXT NOT NULL, guardian TEXT, scope INTEGER NOT NULL, days INTEGER NOT NULL,
            thumbprint BLOB NOT NULL, loss BLOB NOT NULL UNIQUE, madeAt INTEGER NOT NULL,
            coveredUntil INTEGER NOT NULL, status TEXT NOT NULL, statusAt INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX holdingBySubject ON holding(subject);
        CREATE INDEX holdingByGuardian ON holding(guardian) WHERE guardian IS NOT NULL;
        CREATE TRIGGER holdingOnward BEFORE UPDATE OF status ON holding
            WHEN OLD.status = 'revoked' AND NEW.status <> 'revoked'
            BEGIN SELECT RAISE(ABORT, 'a revoked holding stays revoked'); END;
        CREATE TRIGGER holdingStays BEFORE DELETE ON holding
            BEGIN SELECT RAISE(ABORT, 'a holding stays in the registry'); END;
        ALTER TABLE code ADD COLUMN holding BLOB;
        """
}
