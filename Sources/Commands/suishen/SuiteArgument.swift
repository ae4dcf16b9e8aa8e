import ArgumentParser
import Signing

extension Suite: ExpressibleByArgument {}
