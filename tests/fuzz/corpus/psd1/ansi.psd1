@{ RootModule = 'Grφίe.dll' }
